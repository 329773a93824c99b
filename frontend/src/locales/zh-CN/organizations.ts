export default {
  title: '机构', one: '机构', new: '登记机构', import: '导入名单', search: '机构名称、拼音或首字母', none: '没有符合条件的机构', noneHint: '换个说法，或取消上面的筛选。', name: '名称', kind: '类别', where: '所在', beds: '核定床位', credit: '统一社会信用代码', state: '状态', open: '开办', tree: '机构树', missing: '缺少', flag: { noDirector: '没有院长' }, nowCalled: '现名 {name}', thenCalled: '{on} 时的名称；现名 {name}', renamedOn: '新名称自何日起', closedOn: '{on} 停办', small: '长者照护之家',
  facts: '登记信息', division: '区划代码（6 位）', street: '街镇代码（9 位）', grade: '机构等级', clinic: '内设医疗机构', assessmentCode: '评价机构代码', validity: '有效期', validFrom: '自', validTo: '至', names: '曾用名', editTitle: '修改 {name}', renameHint: '更名自所选之日起；此前的证书、快照和统计仍用旧名。', closing: '停办日期', closingHint: '停办后不能再登记在岗人员和开班。还有人在岗或班次未结束时，不能停办在今天或以前。',
  group: '所属养老集团', groupHint: '集团名称（只作关联，不改变管辖）', occupations: '备案职业', occupationsHint: '不填即为养老护理员', occupation: { '4-10-01-05': '养老护理员', '4-14-01-03': '健康照护师' },
  relations: '隶属与关联', overseers: '上级', siblings: '同一信用代码的其他院点', homes: '集团的养老机构', noHomes: '还没有关联的养老机构', children: '直接下级 {n} 家', nBeds: '{n} 床',
  directors: '院长（第一责任人）', noDirector: '没有登记在岗的院长', noDirectorHint: '院长是第一责任人（长民〔2023〕4号）。在人员登记中为其登记岗位“院长”即可。', current: '现任', term: { is: '{from} 起', was: '{from} 至 {to}' },
  history: '经过', event: { registered: '登记到本平台', named: '名称：{name}', renamed: '更名为 {name}', closed: '停办', amended: '变更：{fields}' }, firstName: '登记时的名称', byWhom: '{name} 办理',
  field: { name: '名称', parentId: '上级', creditCode: '信用代码', divisionCode: '区划', subdistrictCode: '街镇', approvedBeds: '核定床位', hasInHouseClinic: '内设医疗机构', smallCareHome: '长者照护之家', grade: '等级', assessmentCode: '评价机构代码', validFrom: '有效期起', validTo: '有效期止', operatorGroupId: '养老集团', closedOn: '停办日期', occupations: '备案职业' },
  treeHint: '点开一级看下一级；右侧是其下养老机构的家数。', nInstitutions: '养老机构 {n} 家', openBranch: '展开 {name}', closeBranch: '收起 {name}', moreBranch: '再看一些（还有 {n} 家）', noBranch: '没有下级',
  rate: '持证率', gap: '差 {n} 人', met: '已达标', target: '目标 ≥ {n}%', who: '看是谁', hours: '{year} 年课时达标', people: '在岗人员', noLevel: '未持证', seePeople: '看全部人员',
  commissions: '委托培训', commission: '委托学校', noCommissions: '没有委托关系', commissionsHint: '受委托的学校可以导入和报名本机构的人员，并看到他们的学时。', lasting: '有效', ended: '已结束', openEnd: '长期', end: '结束', endHint: '结束后，该学校立即看不到本机构的人员。确定？',
}
